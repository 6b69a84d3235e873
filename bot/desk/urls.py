from django.contrib.auth.views import LogoutView
from django.urls import path

from bot.desk import calls, history, media, stream, verbs, views
from bot.desk.api import api
from bot.desk.floor import views as floor
from bot.desk.sign_in import SignIn
from bot.desk.sorting import staffing

urlpatterns = [
    path("login", SignIn.as_view(), name="login"),
    path("logout", LogoutView.as_view(next_page="login"), name="logout"),
    path("desk", views.desk, name="desk"),
    path("desk/list", views.inbox_list, name="desk-list"),
    path("desk/events", stream.events, name="desk-events"),
    path("desk/floor", floor.floor, name="desk-floor"),
    path("desk/teams", staffing.staffing, name="desk-teams"),
    path("desk/away", floor.away, name="desk-away"),
    path("desk/calls", calls.calls, name="desk-calls"),
    path("desk/calls/<uuid:call_id>/<slug:verb>", calls.act, name="desk-call"),
    path("desk/c/<uuid:conversation_id>/call-back", verbs.call_back, name="desk-call-new"),
    path("desk/media/<uuid:media_id>", media.media, name="desk-media"),
    path("desk/c/<uuid:conversation_id>", views.conversation, name="desk-conversation"),
    path("desk/c/<uuid:conversation_id>/news", views.news, name="desk-news"),
    path("desk/c/<uuid:conversation_id>/earlier", views.earlier, name="desk-earlier"),
    path("desk/c/<uuid:conversation_id>/typing", views.typing, name="desk-typing"),
    path("desk/c/<uuid:conversation_id>/history", history.history, name="desk-history"),
    path("desk/c/<uuid:conversation_id>/again/<int:delivery_id>", verbs.send_again, name="desk-again"),
    path("desk/c/<uuid:conversation_id>/<slug:verb>", verbs.act, name="desk-act"),
    path("api/", api.urls),
]
