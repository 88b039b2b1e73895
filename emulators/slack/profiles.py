"""A person as Slack describes them to the application."""

from typing import TYPE_CHECKING

from emulators.slack.channels import Json

if TYPE_CHECKING:
    from emulators.slack.person import Person

_PICTURES = (24, 32, 48, 72, 192, 512)  # pixels


def as_json(person: "Person") -> Json:
    """A user object, as the app may see it; `about` says what is special about them."""
    first, _, last = person.real_name.partition(" ")
    profile: Json = {
        "title": "",
        "phone": "",
        "skype": "",
        "real_name": person.real_name,
        "real_name_normalized": person.real_name,
        "display_name": person.name,
        "display_name_normalized": person.name,
        "first_name": first,
        "last_name": last,
        "status_text": "",
        "status_text_canonical": "",
        "status_emoji": "",
        "status_emoji_url": "",
        "status_emoji_display_info": [],
        "status_expiration": 0,
        "huddle_state": "default_unset",
        "huddle_state_expiration_ts": 0,
        "avatar_hash": "",
        # A picture that nobody fetches: the address leads nowhere on purpose.
        **{f"image_{size}": f"https://avatars.invalid/{person.id}_{size}.png" for size in _PICTURES},
        "team": person.workspace.team_id,
    }
    if person.email is not None and "users:read.email" in person.workspace.scopes:
        profile["email"] = person.email
    return {
        "id": person.id,
        "team_id": person.workspace.team_id,
        "name": person.name,
        "real_name": person.real_name,
        "deleted": person.deleted,
        "color": "9f69e7",
        "is_bot": person.is_bot,
        "is_app_user": False,
        "is_admin": False,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": False,
        "is_ultra_restricted": False,
        "is_email_confirmed": True,
        "who_can_share_contact_card": "EVERYONE",
        "tz": person.tz,
        "tz_label": person.tz,
        "tz_offset": 0,
        "updated": 0,
        "profile": profile,
        **person.about,
    }
