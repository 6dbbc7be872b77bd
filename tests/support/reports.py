"""News reports to match by their text: each with what another outlet makes of it, and what only looks like it."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

from feedhub.models import Entry
from support.polls import an_entry

WEIR = (
    "Engineers open two gates of the Khanas weir after heavy rain",
    "Engineers opened two gates of the Khanas weir on Tuesday after the heaviest rain in eleven years lifted the river "
    "by three metres, and farmers downstream were told to move their pumps before nightfall.",
)
MARKET = (
    "Fire destroys forty shops in the old spice market of Amara",
    "A fire that began in a paint store destroyed forty shops in the old spice market of Amara before dawn, the civil "
    "defence said, and two guards were treated for smoke while traders carried sacks of cardamom into the street.",
)
BRIDGE = (
    "Governor promises a footbridge for the pupils of Shirqat",
    "After a winter in which pupils crossed the canal on a steel cable, the governor promised the village near Shirqat "
    "a footbridge by the end of the school year and sent surveyors to measure both banks on Sunday.",
)
ARABIC = (
    "افتتاح معرض البصرة للكتاب بمشاركة مئتي دار نشر عربية",
    "افتتح محافظ البصرة مساء الخميس معرض الكتاب السنوي على ضفة شط العرب بمشاركة مئتي دار نشر عربية، وقال المنظمون إن "
    "الدورة الجديدة تخصص جناحا كاملا لأدب الأطفال وآخر للمخطوطات النادرة التي أنقذت من مكتبات المدينة.",
)


def report(outlet: str, told: tuple[str, str], **changes: Any) -> Entry:
    """A report of an outlet, under an address that is the outlet's own and the headline's."""
    title, lead = told
    slug = hashlib.sha256(title.encode()).hexdigest()[:8]
    entry = an_entry(f"https://{outlet}.example/news/2026/{slug}-as-it-happened", title=title, summary=lead)
    return replace(entry, content=f"<p>{lead}</p>", **changes)


def copy(outlet: str, told: tuple[str, str], **changes: Any) -> Entry:
    """Another outlet's copy: an urgency before the headline, the lead cut short."""
    title, lead = told
    return report(outlet, (f"Breaking: {title}", " ".join(lead.split()[:-4])), **changes)
