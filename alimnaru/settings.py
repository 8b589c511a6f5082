"""Settings: the environment read once into typed values, loud about odd ones.

Every name is documented in `docs/reference/settings.md`; a test compares the two.
"""

from __future__ import annotations

import base64
from datetime import timedelta
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from psycopg.conninfo import conninfo_to_dict

from alimnaru.environment import decoded as _decoded
from alimnaru.environment import flag as _flag
from alimnaru.environment import key as _key
from alimnaru.environment import number as _number
from alimnaru.environment import text as _text
from alimnaru.home import home
from alimnaru.rules.entrances import is_safe
from alimnaru.rules.forwarded import read_proxies

#: A host that loses its power says no goodbye. Both ends notice within a quarter of a minute (Linux
#: alone: two hours), so that nobody waits for locks of the dead, nor for an answer of theirs.
_NOTICING = {
    "keepalives_idle": "5",
    "keepalives_interval": "3",
    "keepalives_count": "3",
    "tcp_user_timeout": "15000",
}
_NOTICED = (
    "-c tcp_keepalives_idle=5 -c tcp_keepalives_interval=3 -c tcp_keepalives_count=3"
    " -c tcp_user_timeout=15000"
)


def _database(url: str) -> dict[str, Any]:
    """Django's database entry for a PostgreSQL address, unix sockets included."""
    try:
        parts = conninfo_to_dict(url)
    except Exception as error:
        raise ImproperlyConfigured(f"DATABASE_URL cannot be read: {error}") from None
    known = {
        "dbname": "NAME",
        "user": "USER",
        "password": "PASSWORD",
        "host": "HOST",
        "port": "PORT",
    }
    entry: dict[str, Any] = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "alimnaru",
        # Workers keep their connection; a health check before each job notices a restarted server.
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {k: v for k, v in parts.items() if k not in known and v is not None},
    }
    entry["OPTIONS"] = {**_NOTICING, **entry["OPTIONS"]}
    given = entry["OPTIONS"].get("options", "")
    entry["OPTIONS"]["options"] = f"{_NOTICED} {given}".strip()
    entry |= {name: str(parts[key]) for key, name in known.items() if parts.get(key) is not None}
    return entry


HOME = home()
DATABASE_URL = _text("DATABASE_URL")
DATABASES = {"default": _database(DATABASE_URL)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

MASTER_KEY = _key("ALIMNARU_MASTER_KEY", "master.key", _text("ALIMNARU_KEY_COMMAND"))
#: Master keys before the present one, the latest first: rows under them still open.
OLD_MASTER_KEYS = [
    _decoded("ALIMNARU_OLD_MASTER_KEYS", raw.strip())
    for raw in _text("ALIMNARU_OLD_MASTER_KEYS").split(",")
    if raw.strip()
]
SECRET_KEY = base64.b64encode(_key("ALIMNARU_SECRET_KEY", "secret.key")).decode()
DEBUG = _flag("ALIMNARU_DEBUG")
ALLOWED_HOSTS = [h for h in _text("ALIMNARU_HOSTS", "127.0.0.1,localhost").split(",") if h]

#: The office's own file of names, departments and numbers; the built-in example office if empty.
OFFICE_FILE = _text("ALIMNARU_OFFICE")

#: Messages that travel to a carrier together. A chunk costs seven commits, three requests and a
#: job whatever its size; at 2,000 a doubtful chunk is still small and its call short.
CHUNK_SIZE = int(_number("ALIMNARU_CHUNK_SIZE", 2000, low=1, high=10_000))
#: A claim older than this belongs to a dead or stopped worker and is settled by asking back.
LEASE_SECONDS = _number("ALIMNARU_LEASE_SECONDS", 60, low=1, high=3600)
#: How long a carrier may take to answer one request before its outcome counts as unknown.
CARRIER_TIMEOUT = _number("ALIMNARU_CARRIER_TIMEOUT", 15, low=0.1, high=300)
#: How often the sweep looks for work whose job was lost.
SWEEP_SECONDS = _number("ALIMNARU_SWEEP_SECONDS", 5, low=0.2, high=600)
#: A standby that takes over has every commit: it is synchronous. Then a takeover is no copy that
#: must wait for a person.
TRUST_FAILOVER = _flag("ALIMNARU_TRUST_FAILOVER")
#: How often single messages that were accepted are gathered into batches.
GATHER_SECONDS = _number("ALIMNARU_GATHER_SECONDS", 0.1, low=0.01, high=60)
#: A chunk whose results have not all come by callback is asked for after this, then ever later.
POLL_SECONDS = _number("ALIMNARU_POLL_SECONDS", 60, low=0.5, high=86_400)
#: Callbacks that come within this are settled together.
RECEIPT_PAUSE = _number("ALIMNARU_RECEIPT_PAUSE", 0.2, low=0, high=10)
#: Replaces every notice's own wait before an unanswered Alimtalk falls back; 0 keeps theirs.
FALLBACK_WAIT = _number("ALIMNARU_FALLBACK_WAIT", 0, low=0, high=86_400)
#: After this an attempt without any result counts as unknown (SOLAPI's own agent: 72 hours).
SILENCE_HOURS = _number("ALIMNARU_SILENCE_HOURS", 72, low=0.0001, high=720)
#: How often a carrier is asked about a wording under review (Kakao: up to two working days).
REVIEW_SECONDS = _number("ALIMNARU_REVIEW_SECONDS", 300, low=0.2, high=86_400)
#: Hosts beside those of the office's file to which the links of a wording may lead.
LINK_HOSTS = [h.strip().lower() for h in _text("ALIMNARU_LINK_HOSTS").split(",") if h.strip()]
#: Where residents reach this Alimnaru, without a slash at the end. Empty: as the office's file says
#: it in its links. Kakao approves the host of a link, so it is no matter of the web process alone.
PUBLIC_URL = _text("ALIMNARU_PUBLIC_URL").rstrip("/")
#: An account that has told nothing about anybody for so long is silent (more where its results are
#: always slow): with a sweep each 5 s the next account takes over within 30.
HEALTH_PATIENCE = _number("ALIMNARU_HEALTH_PATIENCE", 20, low=0.5, high=3600)
#: How long an account that fares badly is left alone the first time; doubled each time after.
BREAKER_SECONDS = _number("ALIMNARU_BREAKER_SECONDS", 30, low=0.1, high=3600)
#: Won for SMS in place of a channel that all breakers call out of order; a person sets their own.
OUTAGE_CEILING = int(_number("ALIMNARU_OUTAGE_CEILING", 500_000, low=0, high=10**11))
#: Seconds that such an outage must last before notices that are not urgent go by SMS.
OUTAGE_PATIENCE = _number("ALIMNARU_OUTAGE_PATIENCE", 300, low=0, high=86_400)
#: How often changes are looked for that other programs want to hear of (webhooks).
HOOK_SECONDS = _number("ALIMNARU_HOOK_SECONDS", 0.5, low=0.02, high=600)
#: Machines inside that webhooks may lead to: names with what is below them, addresses, networks.
HOOK_HOSTS = [h.strip() for h in _text("ALIMNARU_HOOK_HOSTS").split(",") if h.strip()]
#: Events that a webhook has taken are kept this long.
HOOK_DAYS = _number("ALIMNARU_HOOK_DAYS", 30, low=0, high=400)
#: Raw callbacks and the log of exchanges with carriers are kept this long.
WIRE_DAYS = _number("ALIMNARU_WIRE_DAYS", 7, low=0, high=400)

#: Where the console is reached over https: cookies then travel over nothing else.
HTTPS = _flag("ALIMNARU_HTTPS")
#: Proxies of the office's own in front of the web process, whose word about who calls is taken:
#: keys' allowed addresses, the lock-out after wrong passwords and the limit on codes need it.
try:
    PROXIES = read_proxies(_text("ALIMNARU_PROXIES").split(","))
except ValueError as error:
    raise ImproperlyConfigured(f"ALIMNARU_PROXIES: {error}") from None
#: Who may read `/metrics`: addresses and networks of the monitoring system.
try:
    METRICS_FROM = [
        str(n) for n in read_proxies(_text("ALIMNARU_METRICS_FROM", "127.0.0.1,::1").split(","))
    ]
except ValueError as error:
    raise ImproperlyConfigured(f"ALIMNARU_METRICS_FROM: {error}") from None
#: The office's own sign-in by OpenID Connect: stands in for the password where it is set.
OIDC_ISSUER = _text("ALIMNARU_OIDC_ISSUER")
OIDC_CLIENT_ID = _text("ALIMNARU_OIDC_CLIENT")
OIDC_CLIENT_SECRET = _text("ALIMNARU_OIDC_SECRET")
#: Values of the issuer's `acr` or `amr` that say that it has asked for a second thing already.
OIDC_STRONG = [v.strip() for v in _text("ALIMNARU_OIDC_STRONG").split(",") if v.strip()]
if OIDC_ISSUER and not (is_safe(OIDC_ISSUER) and OIDC_CLIENT_ID):
    raise ImproperlyConfigured(
        "ALIMNARU_OIDC_ISSUER must be https, and needs ALIMNARU_OIDC_CLIENT beside it"
    )
#: Whom finders of a fault in this installation should write to (RFC 9116); empty: no such file.
SECURITY_CONTACT = _text("ALIMNARU_SECURITY_CONTACT")
#: The line at the top that says that this is an official site of the government. Only a body that
#: is entitled to it may show it.
MASTHEAD = _flag("ALIMNARU_MASTHEAD")

#: Where `alimnaru up` keeps backups: the log of the embedded server goes there as it is written.
BACKUP = _text("ALIMNARU_BACKUP")
#: Commits wait until that archive has them too: a restore to its end misses none.
BACKUP_WAITS = _flag("ALIMNARU_BACKUP_WAITS")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "axes",
    "django_htmx",
    # Not their default configurations: those two fight over the loaders, and cotton's tags would
    # reach the browser as they are.
    "django_cotton.apps.SimpleAppConfig",
    "template_partials.apps.SimpleAppConfig",
    "csp",
    "procrastinate.contrib.django",
    "alimnaru.store",
    "alimnaru.console",
]
AUTH_USER_MODEL = "store.Member"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("login", "name")},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
MIDDLEWARE = [
    "alimnaru.api.handler.placed",
    "alimnaru.console.headers.headers",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "alimnaru.console.sizes.SizeMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "alimnaru.console.idle.IdleMiddleware",
    "alimnaru.console.entrance.EntranceMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
    # The only one that programs meet where `alimnaru.wsgi` serves.
    "alimnaru.api.handler.shaped",
]
ROOT_URLCONF = "alimnaru.urls"
WSGI_APPLICATION = "alimnaru.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "alimnaru.console.frame.frame",
            ],
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [
                        (
                            "django.template.loaders.cached.Loader",
                            [
                                "django_cotton.cotton_loader.Loader",
                                "django.template.loaders.app_directories.Loader",
                            ],
                        )
                    ],
                )
            ],
            "builtins": [
                "django_cotton.templatetags.cotton",
                "template_partials.templatetags.partials",
            ],
        },
    }
]
LANGUAGE_CODE = "ko"
LANGUAGES = [("ko", "한국어"), ("en", "English")]
TIME_ZONE = "Asia/Seoul"
USE_TZ = True

# ---- the console's files and headers -------------------------------------------------------------

STATIC_URL = "/static/"
#: Filled by `frontend/install.py` (which sets ALIMNARU_COLLECT); part of the wheel.
STATIC_ROOT = Path(__file__).parent / "console" / "collected"
_COLLECTED = _flag(
    "ALIMNARU_COLLECT", default=(STATIC_ROOT / "staticfiles.json").exists() and not DEBUG
)
STORAGES = {
    "staticfiles": {
        # Names with hashes let a browser keep a file for ever. Where nothing was collected (a
        # checkout that is worked on), files are found where they lie.
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if _COLLECTED
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    }
}
WHITENOISE_USE_FINDERS = not _COLLECTED
WHITENOISE_AUTOREFRESH = DEBUG

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
#: A year, once the office has https: what lies beside the console on that host is not ours to say.
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if HTTPS else 0
#: A proxy in front tells by this that the browser came by https; only our own are believed
#: (`wsgi` takes it from everybody else).
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS and PROXIES else None
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
# A browser takes a cookie of such a name from nobody but this host itself, by https.
if HTTPS:
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
#: A working day; the idle time-out of the office's policy ends most sessions before.
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
LOGIN_URL = "sign-in"
CSRF_FAILURE_VIEW = "alimnaru.console.pages.signin.form_too_old"
OTP_TOTP_ISSUER = "Alimnaru"

#: Five wrong passwords for one name from one place shut that pair out for a quarter of an hour:
#: neither a guesser gets on, nor can anybody shut a colleague out from elsewhere.
AXES_FAILURE_LIMIT = 5
#: As `authenticate` is called. Axes would take the model's own name for it, find nobody by that,
#: and count everybody's mistakes together.
AXES_USERNAME_FORM_FIELD = "username"
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
#: Who goes on trying waits no longer for it: the page has told them when they may come back.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
#: People are told at the next sign-in what was tried with their account.
AXES_ENABLE_ACCESS_FAILURE_LOG = True
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "code", "first", "second"]
AXES_LOCKOUT_CALLABLE = "alimnaru.console.pages.signin.locked_out"
AXES_VERBOSE = False

# A callback of 10,000 reports is about 6 MB; SOLAPI's own limit for a body is 15 MB.
DATA_UPLOAD_MAX_MEMORY_SIZE = 15 * 1024 * 1024
PROCRASTINATE_ON_APP_READY = None
PROCRASTINATE_IMPORT_PATHS = ["alimnaru.flow.tasks", "alimnaru.office.jobs"]
# alimnaru.ops configures logging; Django's default would print request lines with addresses.
LOGGING_CONFIG = None
