"""Who trains here, how they prove it, and what each may see. Pure but for the hashing of PINs."""
