from django.urls import path, register_converter
from django.urls.converters import StringConverter

from bot.sandbox import api, chat_model, pages
from bot.sandbox.provider import mail, meta, telegram, twilio


class BotToken(StringConverter):
    """Telegram writes the token right behind `bot`; it has a colon and no slash."""

    regex = "[^/]{1,100}"


register_converter(BotToken, "bottoken")

TWILIO = "sandbox/provider/twilio"
TELEGRAM = "sandbox/provider/telegram"

urlpatterns = [
    path("sandbox", pages.overview, name="sandbox"),
    path("sandbox/shop", pages.shop, name="sandbox-shop"),
    path("sandbox/api/web/today", api.web_today, name="sandbox-web-today"),
    path("sandbox/api/web/identity", api.web_identity, name="sandbox-web-identity"),
    path("sandbox/api/<slug:channel>/<str:identity>", api.phone, name="sandbox-phone"),
    path(f"{TWILIO}/2010-04-01/Accounts/<slug:account>/Messages.json", twilio.create_message),
    path(f"{TWILIO}/2010-04-01/Accounts/<slug:account>/Messages/<slug:message>/Media/ME<slug:key>", twilio.media),
    path(f"{TWILIO}/v1/Content", twilio.content),
    path(f"{TWILIO}/v2/Indicators/Typing.json", twilio.typing),
    path("sandbox/model/v1/chat/completions", chat_model.completions),
    path("sandbox/provider/meta/v<str:version>/<slug:page>/messages", meta.messages),
    path("sandbox/provider/mail", mail.find),
    path("sandbox/provider/files/<slug:key>", twilio.file, name="sandbox-file"),
    path(f"{TELEGRAM}/file/bot<bottoken:token>/files/<slug:key>", telegram.download),
    path(f"{TELEGRAM}/bot<bottoken:token>/<slug:method>", telegram.call),
]
