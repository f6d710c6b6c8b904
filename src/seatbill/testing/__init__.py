"""Property tests of an application that bills with seatbill.

``strategies`` draw every value and whole histories, ``laws`` say what is true of any
history, ``machine`` drives a service that stores subscriptions beside the library.
Strategies and machine need the extra ``testing``: ``pip install 'seatbill[testing]'``.
"""
