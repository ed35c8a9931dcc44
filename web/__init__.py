"""The pages that the kiosk screen and the phones on the LAN see."""
