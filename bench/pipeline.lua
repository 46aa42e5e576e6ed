-- wrk sends 16 requests at once and waits for the 16 answers.
init = function(args)
    local batch = {}
    for i = 1, 16 do
        batch[i] = wrk.format()
    end
    request_batch = table.concat(batch)
end

request = function()
    return request_batch
end
