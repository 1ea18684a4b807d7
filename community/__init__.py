VERSION = "0.2.0"
PACKAGES = ("community", "groups", "cms")
