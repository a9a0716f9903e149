"""The settings, read top to bottom; every environment variable is read once, with a local default."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import django_stubs_ext
import environ
from django.conf import global_settings
from django.core.exceptions import ImproperlyConfigured

from config.http.logs import logging_to

# Before any model or admin is defined with a type argument.
django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parents[2]


def _setting(name: str, *, default: Any) -> Any:
    """Return an environment variable as the type of its default; ImproperlyConfigured if it is not one.

    No number here may be below 0.
    """
    try:
        value = environ.Env().get_value(name, cast=type(default), default=default)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must be a value of type {type(default).__name__}.") from error
    if type(value) is int and value < 0:
        raise ImproperlyConfigured(f"{name} must be 0 or more.")
    return value


# --- What runs ---------------------------------------------------------------------------------------------------

# DEBUG: developer's pages on errors, and leave to use the embedded database. Off in production (`check` then insists
# on what production needs).
DEBUG: bool = _setting("DEBUG", default=True)
# SECRET_KEY: signs sessions and cursors; 50 random characters in production, kept the same across restarts.
SECRET_KEY: str = _setting("SECRET_KEY", default="insecure-local-default-never-for-production")
# PUBLIC_BROWSING: visitors see popular and upcoming events, search and the pages of events without signing in. Unset:
# as DEBUG, so that an update publishes nothing by itself.
PUBLIC_BROWSING: bool = _setting("PUBLIC_BROWSING", default=DEBUG)
# ALLOWED_HOSTS: the host names that requests may name, separated by commas. With DEBUG on, this machine's always are.
ALLOWED_HOSTS: list[str] = _setting("ALLOWED_HOSTS", default=[])
# CSRF_TRUSTED_ORIGINS: origins (https://…) whose pages may post with a session, when they are not the host itself.
CSRF_TRUSTED_ORIGINS: list[str] = _setting("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    # Before the admin, so that its own templates may extend the admin's.
    "recommendations",
    "config.apps.MarqueeAdminConfig",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "corsheaders",
    # Not "allauth" itself, whose templates would fill in for ours.
    "allauth.account",
    "rest_framework",
    "knox",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "events",
    "users",
    "interactions",
    "config.apps.MarqueeConfig",
]
MIDDLEWARE = [
    # Outermost, to see every answer; then the word to caches, which refusals need too.
    "config.http.observing.ObservingMiddleware",
    "config.http.caching.NoStoreMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "config.http.outages.OutageMiddleware",
    "config.http.standby.StandbyMiddleware",
    "config.http.errors.ErrorMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "config.http.policy.ContentSecurityPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
# The contract's addresses have no trailing slash; a redirect to one would hide a 404.
APPEND_SLASH = False
_PROCESSORS = ["template.context_processors.request", "contrib.auth.context_processors.auth"]
_PROCESSORS += ["contrib.messages.context_processors.messages"]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": [f"django.{name}" for name in _PROCESSORS]},
    }
]
CSRF_FAILURE_VIEW = "config.http.errors.csrf_failure"

# --- Database ----------------------------------------------------------------------------------------------------

# DATABASE_URL: postgres://user:password@host:port/name of a PostgreSQL server. Unset: the embedded one.
_DATABASE_URL: str = _setting("DATABASE_URL", default="")
# LOCALDB_DIR: the folder of the embedded server, used while DATABASE_URL is unset.
_LOCALDB_DIR: str = _setting("LOCALDB_DIR", default=str(BASE_DIR / ".localdb"))
# DATABASE_PREPARE: prepare statements that come again on a connection; off behind a pooler that cannot.
_PREPARE: bool = _setting("DATABASE_PREPARE", default=True)

_database: dict[str, Any] = (
    dict(environ.Env.db_url_config(_DATABASE_URL, engine="config.postgres"))
    if _DATABASE_URL
    else {"ENGINE": "config.localdb", "NAME": "marquee", "LOCALDB_DIR": _LOCALDB_DIR, "LOCALDB_ALLOWED": DEBUG}
)
# Connecting takes longer than a page of the feed; those that broke are noticed by the health check.
_database |= {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}
# PGOPTIONS: options of every connection, such as `-c enable_hashjoin=off`; they win over those set here. libpq reads
# them only where no others are given.
_PGOPTIONS: str = _setting("PGOPTIONS", default="")
_options = {
    "connect_timeout": 5,
    # Together they keep the plans of statements: planning a page of the feed takes longer than reading it.
    "server_side_binding": True,
    "prepare_threshold": 1 if _PREPARE else None,
    **_database.get("OPTIONS", {}),
}
_database["OPTIONS"] = _options | {"options": f"{_options.get('options', '')} {_PGOPTIONS}".strip()}
# DATABASE_STATEMENT_TIMEOUT_MS, DATABASE_LOCK_TIMEOUT_MS: how long a statement of a request may take, and wait for a
# lock, before it is answered with 503. Commands have no limit.
_STATEMENT_TIMEOUT_MS: int = _setting("DATABASE_STATEMENT_TIMEOUT_MS", default=2_000)
_LOCK_TIMEOUT_MS: int = _setting("DATABASE_LOCK_TIMEOUT_MS", default=1_500)
STATEMENT_SECONDS = _STATEMENT_TIMEOUT_MS / 1_000
# What a process that serves requests adds: see config/serving.py. A server that is gone without a word is given up
# after two seconds, the least that libpq waits.
SERVING_DATABASE_OPTIONS = {
    "connect_timeout": 2,
    "tcp_user_timeout": 2_000,
    "keepalives_idle": 5,
    "options": " ".join(
        (
            str(_options.get("options", "")),
            f"-c statement_timeout={_STATEMENT_TIMEOUT_MS}",
            f"-c lock_timeout={_LOCK_TIMEOUT_MS}",
            "-c idle_in_transaction_session_timeout=5000",
            _PGOPTIONS,
        )
    ).strip(),
}
DATABASES = {"default": _database}
# STANDBY_DATABASE_URL: a standby of it, by streaming replication, that answers what only reads; needs Redis for the
# cache (CACHE_URL).
_STANDBY_DATABASE_URL: str = _setting("STANDBY_DATABASE_URL", default="")
if _STANDBY_DATABASE_URL:
    _standby: dict[str, Any] = dict(environ.Env.db_url_config(_STANDBY_DATABASE_URL, engine="config.postgres"))
    _standby["OPTIONS"] = {**_database["OPTIONS"], **_standby.get("OPTIONS", {})}
    DATABASES["standby"] = {
        **_standby,
        **{name: _database[name] for name in ("CONN_MAX_AGE", "CONN_HEALTH_CHECKS")},
        # Tests roll their rows back, which a standby would never see.
        "TEST": {"MIRROR": "default"},
    }
    DATABASE_ROUTERS = ["api.databases.StandbyRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- The feed ----------------------------------------------------------------------------------------------------

# DEFAULT_RANKER: who answers when a request names no ranker: heuristic, popular, upcoming or hybrid.
DEFAULT_RANKER: str = _setting("DEFAULT_RANKER", default="heuristic")
# Seconds for which the ranked list of a user is reused; it can be read to its end for twice as long. An interaction or
# a change of the profile makes a new one at once, so that this only bounds how long new events wait.
LISTING_SECONDS = 900
# EMBEDDER: dotted path of the class that turns texts into vectors (docs/embeddings.md); empty for none.
EMBEDDER: str = _setting("EMBEDDER", default="recommendations.embeddings.sentence_encoder.SentenceEncoder")
# TRAINING_THREADS: processors that a training may keep busy.
TRAINING_THREADS: int = _setting("TRAINING_THREADS", default=2)
# CACHE_URL: where these are kept: the database, or Redis, rediscache://host:6379/0.
_cache = environ.Env.cache_url_config(_setting("CACHE_URL", default="dbcache://recommendations_cache"))
_CACHE_OPTIONS: dict[str, dict[str, int]] = {
    # Rows; beyond, a third of them is deleted.
    "django.core.cache.backends.db.DatabaseCache": {"MAX_ENTRIES": 20_000},
    # Seconds until it is taken to be down; without, a request would wait for as long as TCP does. How much it may hold
    # is up to the server (maxmemory).
    "django.core.cache.backends.redis.RedisCache": {"socket_timeout": 1},
}
CACHES = {"default": _cache | {"OPTIONS": _CACHE_OPTIONS.get(_cache["BACKEND"], {}) | _cache.get("OPTIONS", {})}}

# --- Users and tokens --------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "users.User"
AUTHENTICATION_BACKENDS = ["users.authentication.AccountBackend"]
SESSION_ENGINE = "users.sessions"
_RULES = ("UserAttributeSimilarity", "MinimumLength", "CommonPassword", "NumericPassword")
# One hash at a time in each process; hashes that Django's others made are still verified.
PASSWORD_HASHERS = ["users.sign_in.LimitedPBKDF2PasswordHasher", *global_settings.PASSWORD_HASHERS[1:]]
AUTH_PASSWORD_VALIDATORS = [{"NAME": f"django.contrib.auth.password_validation.{rule}Validator"} for rule in _RULES]
# SIGN_UP: people make accounts themselves. Unset: in the demo (DEBUG), and nowhere else.
SIGN_UP: bool = _setting("SIGN_UP", default=DEBUG)
# SIGN_UPS_PER_HOUR: sign-ups from one address; 0 for any number.
SIGN_UPS_PER_HOUR: int = _setting("SIGN_UPS_PER_HOUR", default=30)
ACCOUNT_ADAPTER = "users.accounts.AccountAdapter"
ACCOUNT_FORMS = {"user_token": "users.accounts.ResetTokenForm"}
ACCOUNT_LOGIN_METHODS = ["username", "email"]
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
# Who may sign in is up to users/authentication.py, in the demo everybody; with less than "mandatory", the answer to a
# sign-up would tell whether the address has an account.
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
# One address for each account; it changes once the new one is verified.
ACCOUNT_CHANGE_EMAIL = True
# In the browser that signed up, if it does so within a day; a link alone signs nobody in.
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_LOGIN_TIMEOUT = 86_400
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SIGNUP_REDIRECT_URL = "/welcome"
# Django's, as before: allauth's own makes an unverified address for whoever has none.
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105
# Ours know the proxy, and lock nobody out: users/rate_limits.py.
ACCOUNT_RATE_LIMITS = False
# TOKEN_TTL_HOURS: hours that an API token is good for after it was made.
_TOKEN_TTL_HOURS: int = _setting("TOKEN_TTL_HOURS", default=24 * 30)
REST_KNOX = {"TOKEN_TTL": timedelta(hours=_TOKEN_TTL_HOURS)}
# All limits stand in users/rate_limits.py. An IPv6 address counts as its /64 network.
# SIGN_INS_PER_MINUTE: sign-ins, right or wrong, from one address for one name; its requests for a new password; 0 for
# any number. Six times as many from one address.
SIGN_INS_PER_MINUTE: int = _setting("SIGN_INS_PER_MINUTE", default=10)
# INTERACTIONS_PER_MINUTE: how many interactions a user may record; 0 for any number.
INTERACTIONS_PER_MINUTE: int = _setting("INTERACTIONS_PER_MINUTE", default=300)
# EXPLANATIONS_PER_MINUTE: how often a user may ask why an event is where it is; 0 for any number.
EXPLANATIONS_PER_MINUTE: int = _setting("EXPLANATIONS_PER_MINUTE", default=30)
LOGIN_URL, LOGIN_REDIRECT_URL = "/sign-in", "/"
# EMAIL_URL: how mail is sent: smtp+tls://user:password@host:587. Unset: printed with DEBUG, else not sent.
_EMAIL_URL: str = _setting("EMAIL_URL", default="consolemail://" if DEBUG else "dummymail://")
vars().update(environ.Env.email_url_config(_EMAIL_URL), EMAIL_TIMEOUT=10)
# DEFAULT_FROM_EMAIL: who it is from.
DEFAULT_FROM_EMAIL: str = _setting("DEFAULT_FROM_EMAIL", default="marquee@localhost")

# --- The worker --------------------------------------------------------------------------------------------------

# WORKER_EMBED_SECONDS, WORKER_COMPLETE_SECONDS: how long `manage.py worker` waits between making missing vectors and
# between completing past events; 0 for never.
WORKER_EMBED_SECONDS: int = _setting("WORKER_EMBED_SECONDS", default=2)
WORKER_COMPLETE_SECONDS: int = _setting("WORKER_COMPLETE_SECONDS", default=300)
# Seconds between deletions of what has expired, which is refused anyway: once a day is often enough.
WORKER_TIDY_SECONDS = 86_400
# WORKER_TRAIN_SECONDS: the same between looks whether the nightly training is due, and whether vectors want an index.
WORKER_TRAIN_SECONDS: int = _setting("WORKER_TRAIN_SECONDS", default=600)

# --- HTTP --------------------------------------------------------------------------------------------------------

# HTTPS_ONLY: redirect to https, mark cookies secure and announce HSTS; on in production behind TLS.
HTTPS_ONLY: bool = _setting("HTTPS_ONLY", default=not DEBUG)
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS_ONLY
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS_ONLY else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS_ONLY
# The proxy that ends TLS says so in this header; it must drop the header from what clients send.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS_ONLY else None
# Probes ask over plain http from inside.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
X_FRAME_OPTIONS = "DENY"

# CORS_ALLOWED_ORIGINS: origins (https://…) whose pages may call the API with a token, separated by commas.
CORS_ALLOWED_ORIGINS: list[str] = _setting("CORS_ALLOWED_ORIGINS", default=[])
# A frontend in development, on whatever port.
CORS_ALLOWED_ORIGIN_REGEXES = [r"^https?://(localhost|127\.0\.0\.1|\[::1\])(:[0-9]+)?$"] if DEBUG else []
CORS_ALLOW_HEADERS = ("accept", "authorization", "content-type", "idempotency-key", "read-after", "x-request-id")
CORS_EXPOSE_HEADERS = (
    "idempotency-replayed",
    "ratelimit",
    "ratelimit-policy",
    "read-after",
    "retry-after",
    "server-timing",
    "x-request-id",
)
# REQUESTS_PER_MINUTE: how many requests a user may make, refused ones too, in each worker process; 0 for any number.
REQUESTS_PER_MINUTE: int = _setting("REQUESTS_PER_MINUTE", default=3_000)
# ANONYMOUS_REQUESTS_PER_MINUTE: the same for an address whose requests are nobody's.
ANONYMOUS_REQUESTS_PER_MINUTE: int = _setting("ANONYMOUS_REQUESTS_PER_MINUTE", default=300)
# PROXY_COUNT: proxies in front that add to X-Forwarded-For, so that a client's address, by which limits count whoever
# isn't signed in, is the one before them.
_PROXY_COUNT: int = _setting("PROXY_COUNT", default=0)
# METRICS_TOKEN: what Prometheus sends as a bearer token to read /metrics; without it nobody can.
METRICS_TOKEN: str = _setting("METRICS_TOKEN", default="")

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        # First, so that nobody is answered with 401 and a WWW-Authenticate header instead of 403.
        "users.authentication.BearerAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_THROTTLE_CLASSES": ["users.throttles.RequestThrottle"],
    "NUM_PROXIES": _PROXY_COUNT,
    "DEFAULT_RENDERER_CLASSES": ["config.http.rendering.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["config.http.body.StrictJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "config.http.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "config.http.errors.exception_handler",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    # `?format=` would be one more parameter to refuse; there is one format.
    "URL_FORMAT_OVERRIDE": None,
}

SPECTACULAR_SETTINGS = {
    "TITLE": "Marquee",
    "VERSION": "1",
    "DESCRIPTION": "The event and gig feed. Sign in with `Authorization: Bearer TOKEN` (`POST /tokens`) or a session.",
    "OAS_VERSION": "3.1.1",
    "TAGS": [
        {"name": "recommendations", "description": "The feed and its explanation."},
        {"name": "events", "description": "Every event, search by words and by meaning."},
        {"name": "categories", "description": "The categories of events and interests."},
        {"name": "interactions", "description": "What the signed-in user did with events."},
        {"name": "mutes", "description": "Organisers, series and categories that the signed-in user hides."},
        {"name": "users", "description": "The signed-in user: profile, personal data, calendar."},
        {"name": "tokens", "description": "API tokens."},
    ],
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "POSTPROCESSING_HOOKS": ["drf_spectacular.hooks.postprocess_schema_enums", "config.http.openapi.complete"],
    "ENUM_NAME_OVERRIDES": {
        "EventType": "events.models.Event.Type",
        "EventStatus": "events.models.Event.Status",
        "InteractionAction": "interactions.models.Interaction.Action",
        "Category": "events.categories.Category",
    },
}

# --- Time, language, static files, logs --------------------------------------------------------------------------

LANGUAGE_CODE, USE_I18N, TIME_ZONE = "en-gb", False, "UTC"

STATIC_URL = "static/"
# STATIC_ROOT: the folder that `manage.py collectstatic` fills, and production serves.
STATIC_ROOT = Path(_setting("STATIC_ROOT", default=str(BASE_DIR / "static")))
# Fonts keep their content as long as their name: a browser that has one shows it at once.
WHITENOISE_IMMUTABLE_FILE_TEST = r"\.woff2$"
# Straight from the packages while developing; collected beforehand (`manage.py collectstatic`) in production.
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEBUG

# LOG_LEVEL: DEBUG (of Marquee's own loggers; INFO of others, whose DEBUG tells secrets), INFO, WARNING or ERROR.
LOG_LEVEL: str = _setting("LOG_LEVEL", default="WARNING" if DEBUG else "INFO")
LOGGING_CONFIG = "config.http.logs.configure"
# Of a command, on standard error; what a server prints is its log (config/serving.py).
LOGGING = logging_to("ext://sys.stderr", level=LOG_LEVEL, structured=not DEBUG)
SERVING_LOGGING = logging_to("ext://sys.stdout", level=LOG_LEVEL, structured=not DEBUG)

# --- Web server --------------------------------------------------------------------------------------------------

# HOST, PORT: the address and port that `manage.py serve` listens on; a HOST with a slash is the path of a Unix socket.
HOST: str = _setting("HOST", default="127.0.0.1")
PORT: int = _setting("PORT", default=8000)
# WEB_CONCURRENCY: worker processes; one for each processor core.
WEB_CONCURRENCY: int = _setting("WEB_CONCURRENCY", default=2)
# WEB_THREADS: requests that each worker process works on at once; further ones are refused. Two more than costly ones
# can be (platform/api/costly.py); more threads spread the same requests over more database connections, which makes
# each slower (docs/decisions/0016). A process may open as many connections to the database, and three.
WEB_THREADS: int = _setting("WEB_THREADS", default=10)
