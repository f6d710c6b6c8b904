"""What seatbill costs on what people do: a year of each system, on each road.

``python -m bench`` first shows that the library and the script of each system give
equal answers, then prints how many times as long the library takes as a replay of its
answer, or as the script.
"""
