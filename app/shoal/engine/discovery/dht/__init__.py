"""The DHT: our node of each address family, its searches and upkeep, and the service that torrents ask."""
