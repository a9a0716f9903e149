-- Invariant: distance_km() is the one of events/geo.py, null if any argument is; is_near() says whether a place is at most
-- near[3] km from the latitude near[1] and the longitude near[2], and false for an unknown place.
-- Written so that the planner puts them into the statement: least() takes no notice of null, so functions that are strict
-- would be called instead. Nearly all that is far away differs by too much in latitude, of which a degree is 111.2 km long.
-- PostgreSQL refuses products that are too small for a double, so differences are taken to be at least 1e-30 degrees.
-- CASE makes the planner expect that half of the rows pass: expecting few, it would read and sort all of them.
CREATE FUNCTION distance_km(
    latitude double precision, longitude double precision, other_latitude double precision, other_longitude double precision
) RETURNS double precision LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN latitude + longitude + other_latitude + other_longitude IS NOT NULL THEN
    2 * 6371.0088 * asin(least(1, sqrt(
        sin(radians(greatest(abs(other_latitude - latitude), 1e-30)) / 2) ^ 2
        + cosd(latitude) * cosd(other_latitude) * sin(radians(greatest(abs(other_longitude - longitude), 1e-30)) / 2) ^ 2
    )))
END;

CREATE FUNCTION is_near(latitude double precision, longitude double precision, near double precision[])
RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN abs(latitude - near[1]) * 111 <= near[3] THEN distance_km(latitude, longitude, near[1], near[2]) <= near[3]
    ELSE false
END;
