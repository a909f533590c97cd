"""The keeper of the stickprov's draw key: a service that the controller runs."""
