from django.urls import path

from bot.insights import pages
from bot.insights.circle import pages as circle
from bot.insights.radar import pages as radar

urlpatterns = [
    path("insights", pages.dashboard, name="insights"),
    path("insights.json", pages.as_json, name="insights-json"),
    path("insights.csv", pages.as_csv, name="insights-csv"),
    path("insights/radar", radar.radar, name="insights-radar"),
    path("insights/radar/likely", radar.likely, name="insights-likely"),
    path("insights/radar/likely.csv", radar.likely_csv, name="insights-likely-csv"),
    path("insights/radar/<int:alarm_id>", radar.one, name="insights-alarm"),
    path("insights/radar/<int:alarm_id>/draft", radar.draft, name="insights-alarm-draft"),
    path("insights/radar/<int:alarm_id>/close", radar.close, name="insights-alarm-close"),
    path("insights/radar/<int:alarm_id>/owners.csv", radar.owners_csv, name="insights-alarm-owners"),
    path("insights/monthly", circle.monthly, name="insights-circle"),
    path("insights/monthly/<slug:key>.csv", circle.table_csv, name="insights-circle-csv"),
]
