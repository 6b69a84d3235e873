from django.urls import path

from bot.desk.tools import canned_pages, panels, suggesting, uploads

urlpatterns = [
    path("desk/replies", canned_pages.replies, name="desk-replies"),
    path("desk/second-looks", panels.second_looks, name="desk-second-looks"),
    path("desk/c/<uuid:conversation_id>/files", uploads.upload, name="desk-files"),
    path("desk/c/<uuid:conversation_id>/files/<uuid:media_id>/forget", uploads.forget, name="desk-file-forget"),
    path("desk/c/<uuid:conversation_id>/canned", panels.canned_replies, name="desk-canned"),
    path("desk/c/<uuid:conversation_id>/articles", panels.articles, name="desk-articles"),
    path("desk/c/<uuid:conversation_id>/suggested", suggesting.suggested, name="desk-suggested"),
    path("desk/c/<uuid:conversation_id>/translation/<int:seq>", panels.translation, name="desk-translation"),
    path("desk/c/<uuid:conversation_id>/passing", panels.passing, name="desk-passing"),
]
