"""The cloud side: workers that write what kiosks send into a database and answer with receipts."""
