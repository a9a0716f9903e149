-- Invariant: the same number and seed give the same chance, so that two builds of a size are the same world.
CREATE SCHEMA bench;

-- From 0 to 1, as if drawn.
CREATE FUNCTION bench.chance(number bigint, seed bigint) RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (hashint8extended(number, seed) & 9007199254740991)::double precision / 9007199254740992;

-- An event by Zipf's law (exponent 1) over `total` events: place k is drawn about 1 / (k ln total) of the time. Places
-- are spread over the ids (2,654,435,761 is prime), so that popular events do not lie side by side.
CREATE FUNCTION bench.zipf_event(chance double precision, total bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN 1 + (least(floor(exp(chance * ln(total + 1)))::bigint, total) * 2654435761) % total;

-- Uneven: music has a fifth of the events, other three in a thousand, and one in fifty has none.
CREATE FUNCTION bench.category(chance double precision) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN chance < .220 THEN 'music' WHEN chance < .370 THEN 'tech' WHEN chance < .490 THEN 'social'
    WHEN chance < .590 THEN 'arts' WHEN chance < .680 THEN 'sports' WHEN chance < .750 THEN 'academic'
    WHEN chance < .810 THEN 'food' WHEN chance < .860 THEN 'career' WHEN chance < .895 THEN 'fitness'
    WHEN chance < .920 THEN 'gaming' WHEN chance < .940 THEN 'outdoors' WHEN chance < .955 THEN 'cultural'
    WHEN chance < .964 THEN 'volunteering' WHEN chance < .971 THEN 'business' WHEN chance < .976 THEN 'science'
    WHEN chance < .979 THEN 'other'
END;
