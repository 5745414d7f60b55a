"""What became of a spell's tools since it was saved: which are gone, changed or retired.

``contracts`` compares what two versions of a tool take and give, ``verdict`` judges the steps of a
spell; both are pure. ``rows`` keeps the contracts and reads them.
"""
