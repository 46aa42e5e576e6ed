package main

import (
	"cmp"
	"context"
	"html"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

const worldRows = 10000

type world struct {
	ID           int32 `json:"id"`
	RandomNumber int32 `json:"randomNumber"`
}

type fortune struct {
	id      int32
	message string
}

func random() int32 {
	return rand.Int32N(worldRows) + 1
}

// How many are wanted: 1 to 500; 1 when it is missing or no number.
func count(r *http.Request, name string) int {
	wanted, _ := strconv.Atoi(r.URL.Query().Get(name))
	return min(max(wanted, 1), 500)
}

func allWorlds(ctx context.Context, db *pgxpool.Pool) (map[int32]world, error) {
	rows, err := db.Query(ctx, "SELECT id, randomnumber FROM world")
	if err != nil {
		return nil, err
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[world])
	worlds := make(map[int32]world, len(list))
	for _, row := range list {
		worlds[row.ID] = row
	}
	return worlds, err
}

func (a *app) findWorld(ctx context.Context, id int32) (found world, err error) {
	err = a.db.QueryRow(ctx, "SELECT id, randomnumber FROM world WHERE id = $1", id).
		Scan(&found.ID, &found.RandomNumber)
	return
}

func (a *app) findWorlds(ctx context.Context, count int) ([]world, error) {
	rows := make([]world, count)
	for i := range rows {
		var err error
		if rows[i], err = a.findWorld(ctx, random()); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

func (a *app) oneWorld(w http.ResponseWriter, r *http.Request) {
	row, err := a.findWorld(r.Context(), random())
	if err != nil {
		fail(w, err)
		return
	}
	write(w, http.StatusOK, row)
}

func (a *app) manyWorlds(w http.ResponseWriter, r *http.Request) {
	rows, err := a.findWorlds(r.Context(), count(r, "queries"))
	if err != nil {
		fail(w, err)
		return
	}
	write(w, http.StatusOK, rows)
}

func (a *app) changeWorlds(w http.ResponseWriter, r *http.Request) {
	rows, err := a.findWorlds(r.Context(), count(r, "queries"))
	if err != nil {
		fail(w, err)
		return
	}
	slices.SortFunc(rows, func(a, b world) int { return cmp.Compare(a.ID, b.ID) })
	ids, numbers := make([]int32, len(rows)), make([]int32, len(rows))
	for i := range rows {
		rows[i].RandomNumber = random()
		ids[i], numbers[i] = rows[i].ID, rows[i].RandomNumber
	}
	_, err = a.db.Exec(r.Context(), "UPDATE world SET randomnumber = new.number "+
		"FROM (SELECT DISTINCT ON (id) * FROM unnest($1::int[], $2::int[]) AS given(id, number)) AS new "+
		"WHERE world.id = new.id", ids, numbers)
	if err != nil {
		fail(w, err)
		return
	}
	write(w, http.StatusOK, rows)
}

func (a *app) cachedWorlds(w http.ResponseWriter, r *http.Request) {
	rows := make([]world, count(r, "count"))
	for i := range rows {
		rows[i] = a.worlds[random()]
	}
	write(w, http.StatusOK, rows)
}

func (a *app) fortunes(w http.ResponseWriter, r *http.Request) {
	rows, err := a.db.Query(r.Context(), "SELECT id, message FROM fortune")
	if err != nil {
		fail(w, err)
		return
	}
	fortunes, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (found fortune, err error) {
		err = row.Scan(&found.id, &found.message)
		return
	})
	if err != nil {
		fail(w, err)
		return
	}
	fortunes = append(fortunes, fortune{0, "Additional fortune added at request time."})
	slices.SortFunc(fortunes, func(a, b fortune) int { return strings.Compare(a.message, b.message) })
	var page strings.Builder
	page.WriteString("<!DOCTYPE html><html><head><title>Fortunes</title></head><body><table>" +
		"<tr><th>id</th><th>message</th></tr>")
	for _, f := range fortunes {
		page.WriteString("<tr><td>" + strconv.Itoa(int(f.id)) + "</td><td>" + html.EscapeString(f.message) +
			"</td></tr>")
	}
	page.WriteString("</table></body></html>")
	header := w.Header()
	header["Server"] = []string{"go"}
	header["Content-Type"] = []string{"text/html; charset=utf-8"}
	header["Content-Length"] = []string{strconv.Itoa(page.Len())}
	w.Write([]byte(page.String()))
}
