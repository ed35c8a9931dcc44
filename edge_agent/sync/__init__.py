"""Getting every change to the cloud and knowing that it is there."""
