-- A handler's `when`, as its route writes it; empty: it has none. An older node of a rolling update writes none.
ALTER TABLE inbox_handler ADD COLUMN condition varchar(65536) DEFAULT '' NOT NULL;
