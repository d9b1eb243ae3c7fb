-- An API key of the provider, sealed, with which an endpoint looks up what webhooks don't contain. Null where there is none.
ALTER TABLE endpoints ADD COLUMN sealed_api_key TEXT;
