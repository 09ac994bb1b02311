"""Asking home routers to pass our port on: PCP, NAT-PMP and UPnP behind one interface."""
