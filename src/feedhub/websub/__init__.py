"""WebSub (W3C Recommendation, 23 January 2018) as a subscriber sees it. Pure: nothing here asks, stores or looks at a
clock."""
