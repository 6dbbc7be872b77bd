"""WebSub (W3C Recommendation, 23 January 2018), both ways. Pure: nothing here asks, stores or looks at a clock.

As a subscriber: :mod:`feedhub.websub.discovery`, :mod:`feedhub.websub.subscription`. As a hub:
:mod:`feedhub.websub.request`, :mod:`feedhub.websub.recipient`. What both speak: :mod:`feedhub.websub.messages`.
"""
