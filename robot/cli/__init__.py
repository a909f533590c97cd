"""Commands of ``arende``: one module per group, each with ``register(main)``. There is no list to edit."""
