"""The published APIs: wire schemas, translation and error texts.

A dialect calls no port and decides nothing: it turns bodies into use cases' values and back.
"""
