module weft/bench/peers/lru-go

go 1.25.0
