"""Settings, all from the environment; with no variable at all the portal runs embedded (SQLite, files under var/)."""

import secrets
from pathlib import Path
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF
from django.core.management.utils import get_random_secret_key

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

VAR_DIR = Path(env("VAR_DIR", default=BASE_DIR / "var"))
VAR_DIR.mkdir(parents=True, exist_ok=True)


def kept_secret(name, make=get_random_secret_key):
    """Return the secret kept in var/<name>, made once; readable by its owner only."""
    path = VAR_DIR / name
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(make())
    return path.read_text()


DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env("SECRET_KEY", default="") or kept_secret("secret_key")
SITE_URL = env("SITE_URL", default="http://localhost:8000").rstrip("/")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]", urlsplit(SITE_URL).hostname])
CSRF_TRUSTED_ORIGINS = [SITE_URL]
HTTPS = SITE_URL.startswith("https://")

INSTALLED_APPS = [
    "cafe",
    "members",
    "activities",
    "resources",
    "listening_cell",
    "evaluation",
    "newsletters",
    "cafe.board",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_filters",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "cafe.middleware.HeadersMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "members.middleware.SecondFactorMiddleware",
]

ROOT_URLCONF = "cafe.urls"
WSGI_APPLICATION = "cafe.wsgi.application"
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
                "cafe.context.portal",
            ],
        },
    },
]
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- Database, cache, background work ------------------------------------------------------------

if env("DATABASE_URL", default=""):
    DATABASES = {"default": env.db("DATABASE_URL") | {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}}
else:
    # Without IMMEDIATE, writers that start by reading lose to "database is locked" under load.
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": VAR_DIR / "db.sqlite3",
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA secure_delete=ON;",
            },
        }
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env("REDIS_URL", default="")
if REDIS_URL:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
else:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cafe_cache"}}

CELERY_BROKER_URL = REDIS_URL or "files://"  # see cafe.broker
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A page that wakes the worker never waits for a broker that is down: see cafe.mail.wake.
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_connect_timeout": 0.5, "socket_timeout": 5, "visibility_timeout": 3600}
if not REDIS_URL:
    BROKER_DIR = VAR_DIR / "broker"
    BROKER_DIR.mkdir(exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(BROKER_DIR),
        "data_folder_out": str(BROKER_DIR),
        "control_folder": str(BROKER_DIR / "control"),
        "polling_interval": 0.2,
    }
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat")
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_CONCURRENCY = env.int("WORKER_CONCURRENCY", default=2)
# From files, a worker takes this many messages each time it looks; one only would hold the beat's tasks up in a rush.
CELERY_WORKER_PREFETCH_MULTIPLIER = 1 if REDIS_URL else 8
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_TIMEZONE = env("TIME_ZONE", default="Europe/Paris")

# --- Mail and files -------------------------------------------------------------------------------

vars().update(env.email_url("EMAIL_URL", default="filemail://"))
EMAIL_FILE_PATH = VAR_DIR / "mail"
EMAIL_TIMEOUT = env.int("EMAIL_TIMEOUT", default=30)
# How long a worker may hold a mail. Longer than the time-outs of handing one over, or a slow server gets it twice.
MAIL_LEASE_SECONDS = env.int("MAIL_LEASE_SECONDS", default=4 * EMAIL_TIMEOUT)
MAIL_SWEEP_SECONDS = env.int("MAIL_SWEEP_SECONDS", default=60)
# The box to which refused newsletters come back, and nothing else does: imaps://name:password@host or pop3s://…
BOUNCE_URL = env("BOUNCE_URL", default="")
BOUNCE_ADDRESS = env("BOUNCE_ADDRESS", default="")
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="Café des Soignants <cafe@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

MEDIA_ROOT = env("MEDIA_ROOT", default=str(VAR_DIR / "media"))
STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# --- Language and time ----------------------------------------------------------------------------

LANGUAGE_CODE = "fr"
TIME_ZONE = env("TIME_ZONE", default="Europe/Paris")
USE_TZ = True

# --- People ---------------------------------------------------------------------------------------

AUTH_USER_MODEL = "members.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "my_space"
LOGOUT_REDIRECT_URL = "home"
REQUIRE_MFA = env.bool("REQUIRE_MFA", default=True)
SESSION_EXPIRE_AT_BROWSER_CLOSE = True  # computers are shared in a practice; « Rester connecté » says otherwise

ACCOUNT_ADAPTER = "members.adapters.AccountAdapter"
ACCOUNT_DEFAULT_HTTP_PROTOCOL = urlsplit(SITE_URL).scheme
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_FORMS = {
    "add_email": "members.forms.AddEmailForm",
    "change_password": "members.forms.ChangePasswordForm",
    "confirm_login_code": "members.forms.ConfirmLoginCodeForm",
    "login": "members.forms.LoginForm",
    "reauthenticate": "members.forms.ReauthenticateForm",
    "request_login_code": "members.forms.RequestLoginCodeForm",
    "reset_password": "members.forms.ResetPasswordForm",
    "reset_password_from_key": "members.forms.ResetPasswordKeyForm",
    "set_password": "members.forms.SetPasswordForm",
    "signup": "members.forms.SignupForm",
}
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60  # a mail may take a few minutes
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_MAX_EMAIL_ADDRESSES = 3
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
MFA_ADAPTER = "members.adapters.SecondFactorAdapter"
MFA_ALLOW_UNVERIFIED_EMAIL = True  # nobody signs in before verifying, and a second address may be added afterwards
MFA_FORMS = {
    "activate_totp": "members.forms.ActivateTOTPForm",
    "add_webauthn": "members.forms.AddPasskeyForm",
    "authenticate": "members.forms.AuthenticateForm",
    "edit_webauthn": "members.forms.RenamePasskeyForm",
    "reauthenticate": "members.forms.ReauthenticateByCodeForm",
}
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS

# --- Listening cell -------------------------------------------------------------------------------

# 32 bytes as 64 hexadecimal digits; without it a stolen database says nothing, and neither does the portal.
CELL_PEPPER = env("CELL_PEPPER", default="") or kept_secret("cell_pepper", make=lambda: secrets.token_hex(32))
# The first ROOT verify key, in hexadecimal; where the environment has none, a file that the ceremony writes.
CELL_ROOT_VERIFY_KEY = env("CELL_ROOT_VERIFY_KEY", default="")
CELL_ROOT_FILE = VAR_DIR / "cell_root_verify_key"
# Never backed up with the database: forgetting a case is deleting its file here.
CELL_SHRED_DIR = Path(env("CELL_SHRED_DIR", default=VAR_DIR / "cell"))

# --- Headers, cookies, limits ---------------------------------------------------------------------

TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 63_072_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXY_COUNT else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "cafe.views.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"discretion": {"()": "cafe.logs.Discretion"}},
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "filters": ["discretion"], "formatter": "line"}},
    "loggers": {
        # Errors alone: a 404 is nobody's business, and its address may be a personal link.
        "django": {"handlers": ["console"], "level": "ERROR", "propagate": False},
        "cafe": {"handlers": ["console"], "level": "INFO", "propagate": False},
    },
}

# --- The programme's rules that a CPTS may set ----------------------------------------------------

OFFER_HOURS = env.int("OFFER_HOURS", default=48)
NOTICE_HOURS = (8, 18)  # when everybody who has something waiting is mailed; what counts half-days counts these
REGISTRATIONS_PER_HOUR = env.int("REGISTRATIONS_PER_HOUR", default=300)
