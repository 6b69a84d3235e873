from django.urls import path

from bot.privacy import pages

urlpatterns = [
    path("desk/privacy/<uuid:conversation_id>", pages.page, name="privacy"),
    path("desk/privacy/<uuid:conversation_id>/export", pages.export, name="privacy-export"),
    path("desk/privacy/<uuid:conversation_id>/erase", pages.erase, name="privacy-erase"),
]
