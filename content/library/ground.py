"""What Wagtail needs before a page can stand: locale, root, site, and the group of people who write. Made where absent."""

from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Locale, Page, Site

from content.curricula.models import CurriculumPage

TRAINERS = "Trainers"
PAGE_PERMISSIONS = ("add_page", "change_page", "publish_page", "view_page", "lock_page", "unlock_page", "bulk_delete_page")
COLLECTION_PERMISSIONS = (
    "add_image",
    "change_image",
    "choose_image",
    "view_image",
    "add_document",
    "change_document",
    "choose_document",
    "view_document",
)


def ensure_root() -> Page:
    """Return the root of the page tree, made with its locale where this is the first page."""
    Locale.objects.get_or_create(language_code=settings.LANGUAGE_CODE)
    root = Page.get_first_root_node()
    if root is None:
        root = Page.add_root(instance=Page(title="Root", slug="root", content_type=ContentType.objects.get_for_model(Page)))
    return root


def ensure_site(curriculum: CurriculumPage) -> None:
    """Make the curriculum the root of the site; the page Wagtail greets a new installation with goes."""
    stock = Page.objects.filter(depth=2, content_type=ContentType.objects.get_for_model(Page), numchild=0)
    site = Site.objects.filter(is_default_site=True).select_related("root_page").first()
    if site is None:
        Site.objects.create(hostname="localhost", port=80, root_page=curriculum, is_default_site=True, site_name=settings.WAGTAIL_SITE_NAME)
    elif site.root_page_id in set(stock.values_list("pk", flat=True)):
        site.root_page, site.site_name = curriculum, settings.WAGTAIL_SITE_NAME
        site.save()
    for page in stock.exclude(pk__in=Site.objects.values("root_page")):
        page.delete()


def ensure_trainers(curriculum: CurriculumPage) -> Group:
    """Give the group of trainers what writing takes: the admin, the pages of the curriculum, images and documents.

    Who is in the group follows from roles (`lms.people.roles`). Left out on purpose: deleting images and documents, users, settings.
    """
    group, _ = Group.objects.get_or_create(name=TRAINERS)
    group.permissions.add(Permission.objects.get(content_type__app_label="wagtailadmin", codename="access_admin"))
    for permission in Permission.objects.filter(content_type__app_label="wagtailcore", codename__in=PAGE_PERMISSIONS):
        GroupPagePermission.objects.get_or_create(group=group, page=curriculum, permission=permission)
    collection = Collection.get_first_root_node() or Collection.add_root(name="Root")
    for permission in Permission.objects.filter(codename__in=COLLECTION_PERMISSIONS, content_type__app_label__in=["wagtailimages", "wagtaildocs"]):
        GroupCollectionPermission.objects.get_or_create(group=group, collection=collection, permission=permission)
    return group
