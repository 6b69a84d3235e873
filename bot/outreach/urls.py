from django.urls import path

from bot.outreach import views

urlpatterns = [
    path("outreach", views.page, name="outreach"),
    path("outreach/send", views.send, name="outreach-send"),
]
