"""The equations of recurrent networks, written once over ``xp``."""
