from django.urls import path

from bot.shop.systems import hooks

urlpatterns = [path("shop/<slug:name>/webhook", hooks.webhook, name="shop-webhook")]
