drop schema app, audit, priv cascade;
