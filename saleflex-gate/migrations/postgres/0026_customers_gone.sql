-- Whose record was made one with another's is looked for among those who are gone: few among many.
CREATE INDEX definition_customers_gone ON definition (company_id, resource, is_deleted)
    WHERE resource = 'customers' AND is_deleted = 1;
