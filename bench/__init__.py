"""What seatbill costs, beside the same bill worked out by hand in two other ways.

``python -m bench`` first shows that all three give equal answers, then prints how
much time or memory the library takes for each of what they take.
"""
