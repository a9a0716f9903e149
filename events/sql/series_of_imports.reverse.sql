-- Nothing: 0013 drops the column.
SELECT 1;
