"""Measurements against peers and limits; `make bench` runs them. No part of the product."""
