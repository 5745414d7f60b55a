"""Which failures of the catalogue no test shows impossible yet."""

from collections.abc import Callable

import pytest

from tests.catalogue import CATALOGUE
from tests.conftest import UNCOVERED


def test_markers_name_failures_of_the_catalogue_and_the_unmarked_are_printed(
    request: pytest.FixtureRequest, record_property: Callable[[str, object], None]
) -> None:
    marked = _marked(request)
    missing = [f"{id_:<4} {title}" for id_, title in CATALOGUE.items() if id_ not in marked]
    record_property(UNCOVERED, "\n".join(missing) or "none: each of them has a test")
    assert marked <= set(CATALOGUE)


def _marked(request: pytest.FixtureRequest) -> set[str]:
    """Return the ids that the collected tests are marked with.

    Every process of a parallel run collects all tests, so this sees them all.
    """
    markers = [marker for item in request.session.items for marker in item.iter_markers("failure")]
    return {str(id_) for marker in markers for id_ in marker.args}
