from django.urls import path

from bot.outreach import views, wish_pages

urlpatterns = [
    path("outreach", views.page, name="outreach"),
    path("outreach/send", views.send, name="outreach-send"),
    path("our-messages", wish_pages.join, name="outreach-join"),
    path("our-messages/confirm/<str:token>", wish_pages.joined, name="outreach-joined"),
    path("our-messages/<str:token>", wish_pages.change, name="outreach-change"),
]
