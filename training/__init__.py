"""How the encoder of data/models is fitted; apart from the library, since only this needs torch (`make encoder`)."""
