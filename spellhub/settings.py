"""The one settings file, driven by the environment (see the README's table)."""

import os
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import environ
from csp.constants import NONE, SELF

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()

DEBUG = env.bool("DEBUG", default=False)
DATA_DIR = Path(env.str("SPELLHUB_DATA_DIR", default=str(BASE_DIR / ".data"))).resolve()
INSECURE_SECRET_KEY = "insecure-key-for-commands-that-sign-nothing"  # noqa: S105
# `up` makes a key here when none is set; every command on the same data must sign with it.
SECRET_KEY_FILE = DATA_DIR / "secret_key"


def _secret_key() -> str:
    if key := env.str("SECRET_KEY", default=""):
        return str(key)
    try:
        return SECRET_KEY_FILE.read_text().strip() or INSECURE_SECRET_KEY
    except OSError:
        return INSECURE_SECRET_KEY


SECRET_KEY = _secret_key()
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
HOST = env.str("HOST", default="127.0.0.1")
PORT = env.int("PORT", default=8000)
BASE_URL = env.str("SPELLHUB_BASE_URL", default=f"http://{HOST}:{PORT}").rstrip("/")
CSRF_TRUSTED_ORIGINS = [BASE_URL]
# Addresses or networks of the proxies in front of us, whose X-Forwarded-For is believed.
TRUSTED_PROXIES = [ip_network(text) for text in env.list("TRUSTED_PROXIES", default=[])]
REDIS_URL = env.str("REDIS_URL", default="")
WORKERS = env.int("SPELLHUB_WORKERS", default=2)
# Which part of spellhub this process is: web, worker, sweep, clock, or command.
ROLE = env.str("SPELLHUB_ROLE", default="command")

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "channels",
    "csp",
    "django_filters",
    "django_q",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "rest_framework",
    "spellhub.events",
    "spellhub.accounts",
    "spellhub.console",
    "generations",
    "casts",
]

# Every one of these works without a thread of its own: requests that wait hold none.
MIDDLEWARE = [
    "spellhub.rest.request_ids.middleware",
    "django.middleware.security.SecurityMiddleware",
    "spellhub.static_files.StaticFilesMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
]

ROOT_URLCONF = "spellhub.urls"
ASGI_APPLICATION = "spellhub.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]


def _database() -> dict[str, Any]:
    embedded = f"sqlite:///{DATA_DIR}/spellhub.sqlite3"
    database: dict[str, Any] = env.db_url("DATABASE_URL", default=embedded)
    options = database.setdefault("OPTIONS", {})
    if database["ENGINE"] == "django.db.backends.sqlite3":
        options |= {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL",
        }
        database["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}
    else:
        limits = "-c lock_timeout=10s -c idle_in_transaction_session_timeout=60s"
        options.setdefault("options", limits)
        options.setdefault("connect_timeout", 5)
        database["TEST"] = {"NAME": f"test_{database['NAME']}"}
    # Long-lived processes keep their connection; web requests open and close their own.
    database["CONN_MAX_AGE"] = None if ROLE in {"worker", "sweep", "clock"} else 0
    database["CONN_HEALTH_CHECKS"] = True
    return database


DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
if REDIS_URL:
    CACHES["default"] = {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
    }

CHANNEL_LAYERS: dict[str, Any] = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
if REDIS_URL:
    CHANNEL_LAYERS["default"] = {
        "BACKEND": "channels_redis.core.RedisChannelLayer",
        "CONFIG": {"hosts": [REDIS_URL]},
    }

# Queue messages are hints (casts/hints.py); spellhub.checks refuses what would make them lie.
_BROKERS = "spellhub.console.brokers"
_BROKER: dict[str, Any] = (
    {"redis": REDIS_URL, "broker_class": f"{_BROKERS}.CountingRedis"}
    if REDIS_URL
    else {"orm": "default", "broker_class": f"{_BROKERS}.CountingOrm"}
)
Q_CLUSTER: dict[str, Any] = {
    "name": "spellhub",
    "workers": WORKERS,
    "poll": 0.05,
    "queue_limit": 1,
    "bulk": 1,
    "recycle": 5000,
    "timeout": 900,
    "retry": 3700,
    "guard_cycle": 0.5,
    "save_limit": -1,
    "ack_failures": True,
    "max_attempts": 1,
    "catch_up": False,
    "log_level": "WARNING",
    "label": "Queue",
    **_BROKER,
    "ALT_CLUSTERS": {"sweep": {"workers": 1, "poll": 0.5, "timeout": 120, "retry": 600}},
}

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "artifacts": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": DATA_DIR / "artifacts", "base_url": None},
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "templates" / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["spellhub.accounts.authentication.ApiKeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["spellhub.rest.parsers.StrictJSONParser"],
    "DEFAULT_PAGINATION_CLASS": "spellhub.rest.pagination.NewestFirst",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_METADATA_CLASS": None,
    "DEFAULT_SCHEMA_CLASS": "spellhub.rest.openapi.Schema",
    "EXCEPTION_HANDLER": "spellhub.rest.problems.handle",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "spellhub",
    "DESCRIPTION": "The internal endpoints: cast spells, follow them, act on them.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/internal/v1",
    "POSTPROCESSING_HOOKS": [],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

LOGIN_URL = "login"
LOGIN_REDIRECT_URL = LOGOUT_REDIRECT_URL = "spells"

# Without an EMAIL_URL the pages say that no mail is sent; what is sent all the same is printed.
EMAIL_URL = env.str("EMAIL_URL", default="")
SENDS_EMAIL = bool(EMAIL_URL)
globals().update(env.email_url_config(EMAIL_URL or "consolemail://"))
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="spellhub@localhost")

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_I18N = False
USE_TZ = True

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if BASE_URL.startswith("https://"):
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# SQLite creates nothing for these constraints, so they may not exist.
SILENCED_SYSTEM_CHECKS: list[str] = []

MAX_BODY_BYTES = 1024 * 1024
MAX_UPLOAD_BYTES = 25 * 1024 * 1024
# Requests of one process that may wait at a time (`Prefer: wait`, `?wait=`).
MAX_WAITING = 200
DATA_UPLOAD_MAX_MEMORY_SIZE = MAX_UPLOAD_BYTES
FILE_UPLOAD_MAX_MEMORY_SIZE = MAX_BODY_BYTES

# Also offer the tools that exist for tests and demos (text.sleep, text.fail); DEBUG does, too.
SPELLHUB_DEBUG_TOOLS = env.bool("SPELLHUB_DEBUG_TOOLS", default=False)
ADAPTERS = [
    "generations.adapters.local.LocalAdapter",
    "generations.adapters.http.HttpAdapter",
]

# Where the guarded HTTP client may call what is not on the public internet (host, network, each
# with a port where wanted), and the ports that it may call anywhere.
HTTP_ALLOW = env.list("SPELLHUB_HTTP_ALLOW", default=[])
HTTP_PORTS = env.list("SPELLHUB_HTTP_PORTS", cast=int, default=[80, 443, 8000, 8080, 8443])

# The engine's times, in seconds (design: leases about 10 s, renewed every 3 s).
LEASE_S = env.float("SPELLHUB_LEASE_S", default=10.0)
LEASE_RENEWAL_S = LEASE_S * 0.3
MAX_LOST_LEASES = 5
TIME_SLICE_S = 20.0
CAST_DEADLINE_S = env.int("SPELLHUB_CAST_DEADLINE_S", default=7 * 24 * 3600)

# Jobs at providers, in seconds: one exchange in all, how much later one may look for a job whose
# submit broke off, between two looks at least and at most, and to wait for a cancelled job's end.
EXCHANGE_S = 60.0
FIND_MARGIN_S = 10.0
POLL_MIN_S = 2.0
POLL_MAX_S = 60.0
CANCEL_LIMIT_S = 3600.0

# A cluster that could work and does not for so long is killed and started again.
CANARY_S = env.float("SPELLHUB_CANARY_S", default=15.0)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname:7} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    # That somebody asked for what is not there, or sent what is wrong, is told to them.
    "loggers": {
        "django.request": {"level": "ERROR"},
        # They would write down addresses and headers, which may hold secrets.
        "httpx": {"level": "WARNING"},
        "httpcore": {"level": "WARNING"},
    },
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", default="WARNING")},
}
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
