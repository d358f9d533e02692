"""The demo county 云溪县: a room above all others, because it fills every one of them. Nobody in it exists."""
