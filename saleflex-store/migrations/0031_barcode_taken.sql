-- Which barcode the till has of a row: one that is corrected at the hub takes away the one before it.
ALTER TABLE inbox ADD COLUMN taken_as TEXT;
UPDATE inbox SET taken_as = json_extract(fields, '$.barcode')
    WHERE resource = 'product_barcodes' AND was_taken AND (is_taken OR is_deleted) AND json_valid(fields);
-- What barcodes were before is read when a till opens: of few rows among many.
CREATE INDEX inbox_old_barcode ON inbox (resource)
    WHERE resource = 'product_barcodes' AND json_extract(fields, '$.old_barcode') <> '';
