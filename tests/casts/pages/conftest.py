from tests.casts.engine.conftest import account, begin

__all__ = ["account", "begin"]
