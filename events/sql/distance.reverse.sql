DROP FUNCTION is_near(double precision, double precision, double precision[]);
DROP FUNCTION distance_km(double precision, double precision, double precision, double precision);
