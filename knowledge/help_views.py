"""Small addresses of the help centre: "did this help?", the site map and the robots' rules."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.core.cache import cache
from django.db.models import F
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST
from redis.exceptions import RedisError

from knowledge.models import ArticlePage, Feedback, HelpIndexPage
from knowledge.retriever import shop_day

# One reader says it once a day of an article; one address not more often than this of all of them.
VOTES_OF_AN_ADDRESS = 40
VOTES_KEPT = timedelta(days=1)


@csrf_exempt  # There is no session to misuse; requests from other sites are refused below.
@require_POST
def feedback(request: HttpRequest, language: str, slug: str) -> HttpResponse:
    """Counts `helped` (yes or no) for the published article and goes back to its page, which says thanks."""
    origin = request.headers.get("Origin", "")
    if origin and urlsplit(origin).netloc != request.get_host():
        return HttpResponseForbidden()
    page = get_object_or_404(ArticlePage.objects.live(), slug=slug, locale__language_code=language)
    helped = request.POST.get("helped") == "yes"
    if first_time(request, page):
        row, _new = Feedback.objects.get_or_create(slug=slug, language=language, day=shop_day(), revision=page.revision)
        field = "helped" if helped else "not_helped"
        Feedback.objects.filter(pk=row.pk).update(**{field: F(field) + 1})
    if "application/json" in request.headers.get("Accept", ""):
        return HttpResponse(status=204)
    return redirect(f"{page.get_url(request)}?thanks={'yes' if helped else 'no'}#helped")


def first_time(request: HttpRequest, page: ArticlePage) -> bool:
    """Whether this reader has not said it today; who it was is kept as a digest for a day."""
    who = f"{settings.SECRET_KEY}{request.META.get('REMOTE_ADDR')}{request.headers.get('User-Agent', '')}"
    digest = hashlib.sha256(who.encode()).hexdigest()[:32]
    seconds = int(VOTES_KEPT.total_seconds())
    try:
        if not cache.add(f"vote:{digest}:{page.pk}", 1, seconds):
            return False
        cache.add(f"votes:{digest}", 0, seconds)
        return cache.incr(f"votes:{digest}") <= VOTES_OF_AN_ADDRESS
    except RedisError:
        # Whether they have voted cannot be known; a vote less does no harm.
        return False


@require_GET
@cache_control(max_age=3600, public=True)
def site_map(request: HttpRequest) -> HttpResponse:
    """Every public page in every language, each with its other languages."""
    pages = [*HelpIndexPage.objects.live().public(), *ArticlePage.valid_on(shop_day()).live().public()]
    by_key: dict[object, list[object]] = {}
    for page in pages:
        by_key.setdefault(page.translation_key, []).append(page)
    rows = [(page, by_key[page.translation_key]) for page in pages]
    return render(request, "knowledge/sitemap.xml", {"rows": rows}, content_type="application/xml")


@require_GET
@cache_control(max_age=3600, public=True)
def robots(request: HttpRequest) -> HttpResponse:
    """Articles may be read by everybody; searches and what is behind a sign-in not."""
    lines = [
        "User-agent: *",
        *(f"Disallow: {path}" for path in ("/*?q=", "/cms/", "/admin/", "/desk", "/api/", "/web/", "/channels/")),
        f"Sitemap: {settings.PUBLIC_BASE_URL}/sitemap.xml",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain")
