-- What a hub noticed about an event that it took is found without looking at all that was sent.
CREATE INDEX delivery_flagged ON delivery (connector, no) WHERE flags <> '[]';
