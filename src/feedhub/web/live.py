"""What the web side serves at this moment: the configuration in force, exchanged while requests come in."""

from __future__ import annotations

from feedhub.publish.select import Site
from feedhub.web.callback import Callbacks


class Live:
    """Nothing may be asked of it before it was first told what to show.

    `callbacks` hear publishers' hubs; None where no hub can reach us. `mistakes` are in the configuration file as it is
    now: while there are any, the last good configuration stays in force. `allow_private`: subscribers may be at private
    addresses.
    """

    site: Site
    callbacks: Callbacks | None = None
    mistakes: int = 0

    def __init__(self, *, allow_private: bool = False) -> None:
        self.allow_private = allow_private

    def show(self, site: Site, callbacks: Callbacks | None = None) -> None:
        self.site, self.callbacks = site, callbacks
