from tests.casts.engine.conftest import account, begin, trial

__all__ = ["account", "begin", "trial"]
