from django.urls import path

from bot.desk.desks import views

urlpatterns = [path("desks/<slug:name>/webhook", views.webhook, name="desks-webhook")]
