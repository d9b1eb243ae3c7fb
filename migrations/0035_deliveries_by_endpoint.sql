-- The latest deliveries of an endpoint, for its warnings and for the delivery log's filter.
CREATE INDEX deliveries_by_endpoint ON deliveries (endpoint_id, id);
